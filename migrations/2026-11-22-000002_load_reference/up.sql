-- Reference data (DOMAIN §3.4 and §4), in the wording of the programme's own documents.

-- Networks and their ministries: dossier de presse of the launch, 28 January 2021 (source 004), « à titre
-- d'exemples ». The ministries keep its wording to the letter. In the names of the networks, capitals are ours,
-- acronyms are added and three slips are mended (« finances publique », « Agence national », « Caisse National »).
insert into network (code, name, ministry) values
  ('POLE_EMPLOI', 'Pôle Emploi', 'Ministère du Travail'),
  ('DIRECCTE', 'Directions régionales des entreprises, de la concurrence, de la consommation, du travail et de l''emploi (Direccte)', 'Ministère du Travail'),
  ('CPAM', 'Caisses primaires d''assurance maladie (CPAM)', 'Ministère de la Santé et des Solidarités'),
  ('CARSAT', 'Caisses d''assurance retraite et de la santé au travail (Carsat)', 'Ministère de la Santé et des Solidarités'),
  ('CAF', 'Caisses d''allocations familiales (Caf)', 'Ministère de la Santé et des Solidarités'),
  ('MSA', 'Mutualité sociale agricole (MSA)', 'Ministère de la Santé et des Solidarités'),
  ('URSSAF', 'Urssaf', 'Ministère de la Santé et des Solidarités'),
  ('CGSS', 'Caisses générales de sécurité sociale (CGSS, outre-mer)', 'Ministère de la Santé et des Solidarités'),
  ('DGFIP', 'Direction générale des finances publiques (DGFiP)', 'Ministères économiques et financiers'),
  ('DOUANES', 'Direction générale des douanes et des droits indirects', 'Ministères économiques et financiers'),
  ('DGCCRF', 'Direction générale de la concurrence, de la consommation et de la répression des fraudes (DGCCRF)', 'Ministères économiques et financiers'),
  ('POLICE_NATIONALE', 'Police nationale (commissariats)', 'Ministère de l''Intérieur'),
  ('GENDARMERIE', 'Gendarmerie nationale (brigades)', 'Ministère de l''Intérieur'),
  ('PREFECTURES', 'Préfectures', 'Ministère de l''Intérieur'),
  ('ANTS', 'Agence nationale des titres sécurisés (ANTS)', 'Ministère de l''Intérieur'),
  ('TRIBUNAUX_JUDICIAIRES', 'Tribunaux judiciaires', 'Ministère de la Justice'),
  ('RECTORATS', 'Rectorats', 'Ministère de l''Education Nationale et de la jeunesse'),
  ('DSDEN', 'Directions des services départementaux de l''Éducation nationale (DSDEN)', 'Ministère de l''Education Nationale et de la jeunesse'),
  ('BIBLIOTHEQUES_UNIVERSITAIRES', 'Bibliothèques universitaires', 'Ministère de l''Enseignement Supérieur, de la recherche et Innovation'),
  ('CROUS', 'Centres régionaux des œuvres universitaires et scolaires (Crous)', 'Ministère de l''Enseignement Supérieur, de la recherche et Innovation'),
  ('UNIVERSITES', 'Universités et écoles d''enseignement supérieur', 'Ministère de l''Enseignement Supérieur, de la recherche et Innovation'),
  ('DRAAF', 'Directions régionales de l''alimentation, de l''agriculture et de la forêt (DRAAF)', 'Ministère de l''Agriculture et de l''Alimentation'),
  ('DRAC', 'Directions régionales des affaires culturelles (DRAC)', 'Ministère de la Culture'),
  ('MUSEES', 'Musées et monuments nationaux', 'Ministère de la Culture'),
  ('CENTRES_SERVICE_NATIONAL', 'Centres du service national', 'Ministère des Armées'),
  ('CNMSS', 'Caisse nationale militaire de sécurité sociale (CNMSS)', 'Ministère des Armées'),
  ('CONSULATS', 'Consulats', 'Ministère de l''Europe et des Affaires Etrangères'),
  ('DREAL', 'Directions régionales de l''environnement, de l''aménagement et du logement (DREAL)', 'Ministère de la Transition Ecologique et Solidaire'),
  ('ADEME', 'Agence de l''environnement et de la maîtrise de l''énergie (Ademe)', 'Ministère de la Transition Ecologique et Solidaire'),
  ('ANAH', 'Agence nationale de l''habitat (Anah)', 'Ministère de la Transition Ecologique et Solidaire'),
  ('MSAP', 'Maisons des services au public', 'Ministère de la cohésion des territoires'),
  ('FRANCE_SERVICES', 'Maisons France Service', 'Ministère de la cohésion des territoires');

-- Commitments of 2021. label: the poster (sources 000 and 004), plural readings, OCR mended (DOMAIN §30 C9);
-- short_label: the list of nine in source 004. Codes run 1 to 9, ranks start again in each theme.
insert into commitment (version, code, theme, rank_in_theme, label, short_label) values
  -- + PROCHES
  (2021, 1, 'CLOSER', 1,
    'Dans le respect mutuel, vous êtes accueillis avec courtoisie et bienveillance, et dans les conditions prévues par la loi vous avez le droit à l''erreur',
    'Faire confiance et donner le droit à l''erreur'),
  (2021, 2, 'CLOSER', 2,
    'Nous sommes joignables par téléphone ou sur place et nous facilitons vos démarches en ligne',
    'Être plus facilement joignables'),
  (2021, 3, 'CLOSER', 3,
    'Vous bénéficiez d''un accompagnement adapté à votre situation personnelle',
    'Accompagner les usagers de manière personnalisée'),
  -- + EFFICACES
  (2021, 4, 'EFFICIENT', 1,
    'Nous vous orientons vers la personne compétente pour traiter votre demande',
    'Orienter facilement l''usager vers le service compétent'),
  (2021, 5, 'EFFICIENT', 2,
    'Vous recevez une réponse à vos demandes dans les délais annoncés et vous êtes informés sur l''avancement de votre dossier',
    'Apporter une réponse plus rapide'),
  (2021, 6, 'EFFICIENT', 3,
    'Vous avez accès à nos résultats de qualité de service',
    'Afficher les résultats des services publics en toute transparence'),
  -- + SIMPLES
  (2021, 7, 'SIMPLER', 1,
    'Vos avis sont pris en compte pour améliorer et simplifier nos démarches',
    'Prendre en compte l''avis des usagers'),
  (2021, 8, 'SIMPLER', 2,
    'Nous développons en permanence nos compétences et nous améliorons en continu',
    'S''améliorer en continu'),
  (2021, 9, 'SIMPLER', 3,
    'Nous sommes éco-responsables',
    'Être éco-responsables');
